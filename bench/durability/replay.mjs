// What an earlier process left, from `connect` until the platform has it and its end: see ../durability.mjs.
import { filter, firstValueFrom } from 'rxjs';
import { Budget, connect } from '../../dist/index.js';
import { measuring, run, spoolOption } from '../upload/run.mjs';

const { endpoint, budgetMiB } = run;
const say = measuring();
const budget = new Budget(budgetMiB * 2 ** 20);
const platform = connect({ endpoint, apiKey: 'bench', budget, spool: spoolOption });
await firstValueFrom(platform.events$.pipe(filter(({ type }) => type === 'closed')));
say();
await platform.close();
