// Drives the tools for Node.  NODE_PATH names the node_modules folder that holds them.
//
//   node run.cjs PEER none                            is it there?
//   node run.cjs PEER one   TEMPLATE DATA.json OUT
//   node run.cjs PEER batch TEMPLATE DATADIR OUTDIR   all in one process
//
// batch prints CPU milliseconds per report, after a warm-up, and peak memory in KB.  A report is:
// read the data, fill, write the file.
'use strict';
const fs = require('fs');
const path = require('path');
const [peer, mode, template, data, out] = process.argv.slice(2);

const peers = {
  docxtemplater() {
    const PizZip = require('pizzip');
    const Docxtemplater = require('docxtemplater');
    return bytes => record => {
      const doc = new Docxtemplater(new PizZip(bytes), { paragraphLoop: true, linebreaks: true });
      doc.render(record);
      return doc.getZip().generate({ type: 'nodebuffer', compression: 'DEFLATE' });
    };
  },
  'easy-template-x'() {
    const { TemplateHandler } = require('easy-template-x');
    const handler = new TemplateHandler();
    return bytes => record => handler.process(bytes, record);
  },
  // without its sandbox, the fast way; its guard against endless templates stops at 5,000 rows
  'docx-templates'() {
    const { createReport } = require('docx-templates');
    return bytes => async record => Buffer.from(await createReport({
      template: bytes, data: record, cmdDelimiter: ['{', '}'], noSandbox: true,
      maximumWalkingDepth: 1e9,
    }));
  },
  carbone() {
    const carbone = require('carbone');
    return () => record => new Promise((ok, bad) => carbone.render(
      path.resolve(template), record, (error, report) => error ? bad(error) : ok(report)));
  },
};

const read = file => JSON.parse(fs.readFileSync(file, 'utf8'));
const cpu = () => {
  const used = process.cpuUsage();
  return (used.user + used.system) / 1e3;
};

async function main() {
  const make = peers[peer]();
  if (mode === 'none') return;
  const fill = make(fs.readFileSync(template));
  if (mode === 'one') {
    fs.writeFileSync(out, await fill(read(data)));
    return;
  }
  const names = fs.readdirSync(data).sort();
  const warm = Math.min(20, names.length >> 2);
  let started = 0;
  fs.mkdirSync(out, { recursive: true });
  for (const [i, name] of names.entries()) {
    if (i === warm) started = cpu();
    const report = await fill(read(path.join(data, name)));
    fs.writeFileSync(path.join(out, name.replace('.json', path.extname(template))), report);
  }
  const used = (cpu() - started) / (names.length - warm);
  console.log(used.toFixed(3), process.resourceUsage().maxRSS);
}

main().catch(error => {
  console.error(String(error && error.stack || error).slice(0, 2000));
  process.exit(1);
});
