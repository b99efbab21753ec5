"""Errors that an author makes, each as one small edit of the tiny course, and what is said to it.

(name, file below solutions/tiny, what stands there, what the author makes of it, the lines that
`autograder release` prints, or `autograder prove` where release finds nothing). An edit whose text
before is None writes the file anew, one whose text after is None removes it; `{...}` in the lines
stands for what differs between versions of Python.
"""
