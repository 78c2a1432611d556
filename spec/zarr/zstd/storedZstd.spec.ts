import { storedZstd } from '../../../src/zarr/zstd/storedZstd.js';
import { availableZstds } from './availableZstds.js';
import { zstdContract } from './zstdContract.js';

zstdContract(storedZstd, [storedZstd, ...(await availableZstds())]);
