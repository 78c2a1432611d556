import { diskContract } from './diskContract.js';
import { ModelDisk } from './modelDisk.js';

diskContract('ModelDisk', async () => {
  const disk = new ModelDisk();
  await disk.makeDirectory('/spool');
  return { disk, root: '/spool' };
});
