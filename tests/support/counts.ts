/** Whether `npm run prove` is running. */
export const isFullProof = process.env['PROVE'] === 'full'

/** How much is tested: enough to notice a mistake on every `npm test`, everything on `npm run prove`. */
export const counts = isFullProof
  ? {
      clients: 64,
      crowdOrders: 3000,
      singleUnits: 3000,
      keys: 1000,
      kills: 5,
      faultyOrders: 1600,
      faultyKeys: 1000,
      listedOrders: 20_000,
      manyOrders: 100_000,
      lives: 500,
      lifeKills: 3,
      waitingOrders: 100,
      waitingWorlds: 40,
      movements: 10_000,
      outageOrders: 300,
      sessionRaces: 200,
      exploration: { fuzzed: 100, sequences: 300 },
      spraying: { accounts: 64, guesses: 8, addresses: 16 },
      timings: 200,
    }
  : {
      clients: 64,
      crowdOrders: 40,
      singleUnits: 24,
      keys: 18,
      kills: 1,
      faultyOrders: 10,
      faultyKeys: 16,
      listedOrders: 80,
      manyOrders: 400,
      lives: 12,
      lifeKills: 1,
      waitingOrders: 20,
      waitingWorlds: 2,
      movements: 150,
      outageOrders: 24,
      sessionRaces: 6,
      spraying: { accounts: 16, guesses: 8, addresses: 4 },
      timings: 0,
      exploration: { fuzzed: 4, sequences: 25 },
    }
