"""Known wrong answers."""

from autograder.authoring import mistake

from .checks import is_loud


@mistake(fails=is_loud, replaces="shout")
def whisper(text):
    """Is a small letter loud?"""
    return text.lower()
