print("a shadow was loaded")
