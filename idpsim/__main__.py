"""`python -m idpsim` is the command `idpsim`."""

from idpsim.cli import main

if __name__ == "__main__":
    main()
