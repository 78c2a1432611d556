import { build } from './build.mjs';
import { install } from './install.mjs';
import { node } from './node.mjs';

install();
build();
node('examples/firstLight.mjs', ...process.argv.slice(2));
