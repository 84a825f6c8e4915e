// The list rows of the speed table over HTTP with a signed-in session, the bare SQL
// beside each as the floor, and the sizes of what a browser loads.
//
// Needs DATABASE_URL (scripts/bench gives a fresh cluster) and target/release/delega.

import { spawn, spawnSync } from "node:child_process";
import { randomUUID } from "node:crypto";
import { mkdtempSync, readFileSync, rmSync, statSync } from "node:fs";
import { Agent, request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";

const env = (name, fallback) => Number(process.env[name] ?? fallback);
const users = env("BENCH_USERS", 1_000_000);
const first = env("BENCH_FIRST", 200_000);
const organisations = env("BENCH_ORGANISATIONS", 400);
const seconds = env("BENCH_SECONDS", 5);
const database = process.env.DATABASE_URL;
const binary = process.env.BENCH_BINARY ?? "target/release/delega";
const listen = "127.0.0.1:3200";
const password = "una-password-lunga-per-misurare";
// Mails go into a folder here: the server's own work is measured, not a mail server's.
const mails = mkdtempSync(join(tmpdir(), "delega-bench-"));
process.on("exit", () => rmSync(mails, { recursive: true, force: true }));
const settings = {
  ...process.env,
  DELEGA_MAIL_DIR: mails,
  DELEGA_SEND_HOLD_SECONDS: "0",
  DELEGA_DATABASE_URL: database,
  DELEGA_LISTEN: listen,
  DELEGA_BASE_URL: `http://${listen}`,
  DELEGA_SECRET_KEY: "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
  DELEGA_LOG: "warn",
};

function delega(args, input) {
  const done = spawnSync(binary, args, { env: settings, input, encoding: "utf8" });
  if (done.status !== 0) throw new Error(`delega ${args[0]}: ${done.stderr}`);
}

function sql(statement, times = 1) {
  const script = "\\timing on\n\\o /dev/null\n" + `${statement};\n`.repeat(times);
  const done = spawnSync("psql", ["-X", "-q", "-v", "ON_ERROR_STOP=1", database], { input: script, encoding: "utf8" });
  if (done.status !== 0) throw new Error(done.stderr);
  return [...done.stdout.matchAll(/Time: ([\d.]+) ms/g)].map((m) => Number(m[1]));
}

function one(statement) {
  const done = spawnSync("psql", ["-X", "-At", database, "-c", statement], { encoding: "utf8" });
  if (done.status !== 0) throw new Error(done.stderr);
  return done.stdout.trim();
}

const quantile = (sorted, q) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))];

const agent = new Agent({ keepAlive: true, maxSockets: 16 });
let cookie = "";

function call(method, path, body, headers = {}) {
  return new Promise((resolve, reject) => {
    const started = performance.now();
    const req = request(
      { host: "127.0.0.1", port: 3200, method, path, agent, headers: { cookie, "sec-fetch-site": "same-origin", ...headers } },
      (res) => {
        const parts = [];
        res.on("data", (d) => parts.push(d));
        res.on("end", () => {
          const text = Buffer.concat(parts).toString();
          resolve({ status: res.statusCode, headers: res.headers, text, ms: performance.now() - started });
        });
      },
    );
    req.on("error", reject);
    if (body !== undefined) req.write(body);
    req.end();
  });
}

const json = (path, value) =>
  call("POST", path, JSON.stringify(value), { "content-type": "application/json", accept: "application/json" });

async function ready() {
  for (let i = 0; i < 200; i++) {
    const ok = await call("GET", "/readyz").then((r) => r.status === 200, () => false);
    if (ok) return;
    await pause(50);
  }
  throw new Error("the server does not get ready");
}

async function signIn() {
  const r = await json("/api/session/sign_in", { organisation: "seed-0001", username: "misura", password });
  cookie = (r.headers["set-cookie"] ?? []).map((c) => c.split(";")[0]).join("; ");
  if (!cookie) throw new Error(`sign-in failed: ${r.status} ${r.text.slice(0, 200)}`);
}

async function clients(n, act) {
  const times = [];
  const end = performance.now() + seconds * 1000;
  await Promise.all(
    Array.from({ length: n }, async () => {
      while (performance.now() < end) {
        const r = await act();
        if (r.status !== 200) throw new Error(`status ${r.status}: ${r.text.slice(0, 200)}`);
        times.push(r.ms);
      }
    }),
  );
  times.sort((a, b) => a - b);
  return { p50: quantile(times, 0.5), p95: quantile(times, 0.95), p99: quantile(times, 0.99), rate: times.length / seconds };
}

function query({ groups = [], text = "", number = 1, column = "surname", descending = false }) {
  return { query: { filter: { groups, state: null, text }, sort: { column, descending }, page: { number, size: "fifty" } }, usual_rows: false };
}

// Of the client that is delivered now; earlier ones may lie beside it.
function sizes() {
  const now = readFileSync("target/site/hash.txt", "utf8").trim().split("\n").map((line) => line.split(": "));
  return now.map(([kind, hash]) => [kind, statSync(`target/site/pkg/delega.${hash}.${kind}.br`).size]);
}

const told = (...row) => console.log(`| ${row.join(" | ")} |`);
const ms = (v) => v.toFixed(1);

delega(["migrate"]);
let started = performance.now();
delega(["seed", "--users", String(users), "--organisations", String(organisations), "--first", String(first), "--seed", "1"]);
console.log(`seed: ${users} users in ${((performance.now() - started) / 1000).toFixed(0)} s`);
delega(["admin", "create", "--organisation", "seed-0001", "--username", "misura", "--password-stdin"], `${password}\n`);

started = performance.now();
const server = spawn(binary, ["serve"], { env: settings, stdio: ["ignore", "inherit", "inherit"] });
process.on("exit", () => server.kill("SIGTERM"));
await ready();
console.log(`start to first answer: ${((performance.now() - started) / 1000).toFixed(2)} s`);
const memory = spawnSync("ps", ["-o", "rss=", "-p", String(server.pid)], { encoding: "utf8" }).stdout.trim();
console.log(`idle memory: ${(Number(memory) / 1024).toFixed(0)} MB`);
await signIn();

const organisation = one("select id from organisations where code = 'seed-0001'");
const code = one(`select fiscal_code from users where organisation_id = ${organisation} and fiscal_code is not null order by id offset 777 limit 1`);
const where = `u.organisation_id = ${organisation} and u.state <> 'archived'`;
const lean = (rows, total) => ({ rows: `select u.id, u.surname, u.given_name, u.username, u.email, u.state, u.password_expires_at, u.version from users u ${rows}`, total: `select count(*) from users u ${total}` });
const pages = [
  ["first page", query({}), lean(`where ${where} order by u.sort_name, u.id limit 50`, `where ${where}`)],
  ["group filter", query({ groups: ["docenti"] }), lean(`join grants g on g.organisation_id = u.organisation_id and g.user_id = u.id join groups q on q.organisation_id = g.organisation_id and q.id = g.group_id where ${where} and q.code = 'docenti' order by u.sort_name, u.id limit 50`, `join grants g on g.organisation_id = u.organisation_id and g.user_id = u.id join groups q on q.organisation_id = g.organisation_id and q.id = g.group_id where ${where} and q.code = 'docenti'`)],
  ["search «rossi»", query({ text: "rossi" }), lean(`where ${where} and u.search_text like '%rossi%' order by u.sort_name, u.id limit 50`, `where ${where} and u.search_text like '%rossi%'`)],
  ["search of a codice fiscale", query({ text: code }), lean(`where ${where} and u.search_text like '%${code.toLowerCase()}%' order by u.sort_name, u.id limit 50`, `where ${where} and u.search_text like '%${code.toLowerCase()}%'`)],
  ["page 2,000", query({ number: 2000 }), lean(`where ${where} order by u.sort_name, u.id offset 99950 limit 50`, `where ${where}`)],
  ["sort by password end", query({ column: "password_end" }), lean(`where ${where} order by u.password_expires_at, u.id limit 50`, `where ${where}`)],
];

console.log(`\n${users} users, ${first} in the organisation; ${seconds} s a cell; 2 shared cores carry server, Postgres and this client\n`);
told("page", "found", "p50", "p95", "p99 ms at 1 client", "req/s at 1", "p50 at 8", "req/s at 8", "bare SQL rows ms", "bare SQL total ms");
told(...Array(10).fill("---"));
for (const [name, body, floor] of pages) {
  const act = () => json("/api/users/list", body);
  const firstAnswer = await act();
  const found = JSON.parse(firstAnswer.text).total;
  const alone = await clients(1, act);
  const eight = await clients(8, act);
  const median = (t) => quantile(t.slice(3).sort((a, b) => a - b), 0.5);
  told(name, found, ms(alone.p50), ms(alone.p95), ms(alone.p99), alone.rate.toFixed(0), ms(eight.p50), eight.rate.toFixed(0), ms(median(sql(floor.rows, 23))), ms(median(sql(floor.total, 23))));
}

const html = () => call("GET", "/utenti", undefined, { accept: "text/html" });
const page = await clients(1, html);
const page8 = await clients(8, html);
told("first page as HTML", "", ms(page.p50), ms(page.p95), ms(page.p99), page.rate.toFixed(0), ms(page8.p50), page8.rate.toFixed(0), "", "");

// The counts of the ready and saved views, which stand beside every list.
const views = await clients(1, () => json("/api/users/views", {}));
console.log(`\ncounts of the ready and saved views: p50 ${ms(views.p50)} p95 ${ms(views.p95)} ms`);

// Alignment: every pair of equal codes is staged at once; then a page of what is left over.
const records = env("BENCH_RECORDS", 100_000);
sql(`insert into persons (organisation_id, code, kind, surname, given_name, fiscal_code, created_at)
  select ${organisation}, 1000000 + row_number() over (order by id), 'employee', surname, given_name,
    case when row_number() over (order by id) % 2 = 0 then fiscal_code end, now()
  from (select * from users where organisation_id = ${organisation} and fiscal_code is not null order by id limit ${records}) u`);
sql("analyze persons");
const timed = async (path, body) => {
  const from = performance.now();
  const r = await json(path, body);
  if (r.status !== 200) throw new Error(`${path}: ${r.status} ${r.text.slice(0, 200)}`);
  return [JSON.parse(r.text), performance.now() - from];
};
const [counted, staging] = await timed("/api/alignment/counters", { kind: "employee", stage: true });
const [left, listing] = await timed("/api/alignment/rows", { query: { kind: "employee", text: "", staged: false, page: { number: 1, size: "fifty" } } });
const [, proposing] = await timed("/api/alignment/proposals", { kind: "employee", users: left.items.map((r) => r.user.id) });
console.log(`alignment, ${records} records against ${first} users: ${counted.staged} pairs staged in ${staging.toFixed(0)} ms (bar 3,000), a page of the rest ${listing.toFixed(0)} ms, its proposals ${proposing.toFixed(0)} ms`);

// Credentials to many: how soon the click is answered, the first mail accepted, and how
// fast they leave, with sign-ins meanwhile.
const many = env("BENCH_RECIPIENTS", 10_000);
const chosen = one(`select json_agg(id) from (select id from users where organisation_id = ${organisation} and state = 'active' and email is not null order by id limit ${many}) u`);
const selection = { only: JSON.parse(chosen) };
started = performance.now();
const check = JSON.parse((await json("/api/sending/check", { selection })).text);
const checked = performance.now() - started;
started = performance.now();
const begun = await json("/api/sending/start", { selection, expected: check.recipients, typed: check.recipients, key: randomUUID() });
const answered = performance.now() - started;
if (begun.status !== 200) throw new Error(`the send: ${begun.status} ${begun.text.slice(0, 200)}`);
const accepted = () => Number(one(`select count(*) from outbox where organisation_id = ${organisation} and state = 'accepted'`));
while (accepted() === 0) await pause(5);
const firstMail = performance.now() - started;
const [before, from] = [accepted(), performance.now()];
const entering = [];
while (performance.now() - from < 4 * seconds * 1000) {
  const r = await json("/api/session/sign_in", { organisation: "seed-0001", username: "misura", password });
  if (r.status !== 200) throw new Error(`sign-in meanwhile: ${r.status}`);
  entering.push(r.ms);
  await pause(200);
}
const pace = (accepted() - before) / ((performance.now() - from) / 1000);
entering.sort((a, b) => a - b);
console.log(`\ncredentials to ${check.recipients}: check ${checked.toFixed(0)} ms, click answered in ${answered.toFixed(0)} ms, first mail accepted ${firstMail.toFixed(0)} ms after the click, ${pace.toFixed(0)} mails/s (two a user), sign-ins meanwhile p50 ${ms(quantile(entering, 0.5))} p95 ${ms(quantile(entering, 0.95))} ms`);

console.log("\nbrotli bytes:", sizes().map(([f, n]) => `${f} ${n}`).join(", "), "sum", sizes().reduce((s, [, n]) => s + n, 0));
server.kill("SIGTERM");
await new Promise((r) => server.on("exit", r));
agent.destroy();
