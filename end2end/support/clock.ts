// Time that a test cannot wait out is moved in the database of the server under test.

import { execFile } from "node:child_process";
import { join } from "node:path";
import { dataFolder } from "./environment.ts";

/** Where the server's own database listens. */
function database(): string {
  if (process.env.E2E_DATABASE_URL) return process.env.E2E_DATABASE_URL;
  const socket = join(dataFolder(), "database", "socket");
  return `postgres://delega@localhost/delega?host=${encodeURIComponent(socket)}`;
}

/** The registration codes in force of an organisation end at this moment. */
export async function endCodes(organisation: string): Promise<void> {
  await run(
    `update registrations set expires_at = now() - interval '1 minute'
     where state = 'running' and organisation_id = (select id from organisations where code = '${organisation}')`,
  );
}

async function run(sql: string): Promise<void> {
  await new Promise<void>((done, fail) => {
    execFile("psql", [database(), "-v", "ON_ERROR_STOP=1", "-qc", sql], (error, _out, stderr) => {
      if (error) fail(new Error(stderr || error.message));
      else done();
    });
  });
}

/** Whoever is signed in to an organisation gave the password a while ago. */
export async function ageSignIns(organisation: string): Promise<void> {
  await run(
    `update sessions set authenticated_at = authenticated_at - interval '16 minutes'
     where organisation_id = (select id from organisations where code = '${organisation}')`,
  );
}
