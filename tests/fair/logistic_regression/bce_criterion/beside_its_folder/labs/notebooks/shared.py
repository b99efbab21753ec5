def clip(p, floor):
    return p.clamp(floor, 1 - floor)
