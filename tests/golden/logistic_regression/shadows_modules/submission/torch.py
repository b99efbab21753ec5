print("a shadow was loaded")
raise SystemExit(0)
