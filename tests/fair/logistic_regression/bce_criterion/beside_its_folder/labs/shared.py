raise RuntimeError("the one beside the notebook comes first")
