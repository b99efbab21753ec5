"""Reports: one module a format, all made from one Report."""
