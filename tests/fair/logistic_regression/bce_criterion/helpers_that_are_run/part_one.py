import sys

FIRST = 1e-7 if __name__ == "__main__" and sys.argv[1:] == ["--small"] else 1
