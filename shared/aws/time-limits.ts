/** A request that is not answered in this time has failed: without it, one hung socket would hold a whole batch. */
export const timeLimits = {
  requestHandler: { connectionTimeout: 3000, requestTimeout: 5000, throwOnRequestTimeout: true },
}
