import { build } from './build.mjs';
import { install } from './install.mjs';

// A package without its build would install, and be empty.
install();
build();
