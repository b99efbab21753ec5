"""Grading submissions, one or many, and what is kept between runs."""
