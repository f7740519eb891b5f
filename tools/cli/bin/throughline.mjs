#!/usr/bin/env node
process.argv.splice(2, 0, 'throughline');
await import('../../bootstrap/run.mjs');
