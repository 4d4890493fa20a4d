"""What the bundle starts: the same door as `harmonium` of an installed wheel."""

import sys

from studio.__main__ import main

sys.exit(main())
