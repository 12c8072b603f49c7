/** HEADROOM_SEED: where random input begins in every property test, so that a run can be had again. Else it begins anywhere. */
import fc from 'fast-check';

const seed = Number(process.env.HEADROOM_SEED ?? Number.NaN);
if (Number.isInteger(seed)) fc.configureGlobal({ ...fc.readConfigureGlobal(), seed });
