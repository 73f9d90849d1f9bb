"""`python -m vitessctl.rehearsal PROGRAM ARGUMENTS…`"""

import sys

from vitessctl.rehearsal.launch import leave, main

if __name__ == "__main__":
    leave(main(sys.argv[1:]))
