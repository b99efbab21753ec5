"""For authors: lay out, validate, release and prove the exercises of a course."""
