import type { BatchFunction } from 'jitney'
import type { RunModel } from 'jitney/tensor'
import type { Parcel } from '../route.ts'
import { joinInputs, splitOutputs } from './infer-batch.ts'
import type { Inference } from './read-request.ts'

/** A batch function of inference requests, of a function of tensors. */
export function modelFunction(run: RunModel): BatchFunction<Parcel, unknown> {
  return async (parcels, { signal }) => {
    const requests = parcels.map(({ item }) => item as Inference)
    return splitOutputs(await run(joinInputs(requests), { signal }), requests)
  }
}
