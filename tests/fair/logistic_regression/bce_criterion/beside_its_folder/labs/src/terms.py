from .functions import log_of
