def log_of(p):
    return p.log()
