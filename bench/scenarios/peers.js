/** Everything that is held against the floor besides jitney. */
export const peers = ['dataloader', 'dataloader-cache', 'batshit', 'pacer', 'promise-batcher']
