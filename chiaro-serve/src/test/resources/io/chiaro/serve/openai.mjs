// Asks a server by OpenAI's own client, given the client's folder and the server's address, and prints what it got.
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const [folder, baseURL] = process.argv.slice(2);
const found = createRequire(pathToFileURL(`${folder}/`)).resolve('openai');
const { default: OpenAI } = await import(pathToFileURL(found));
const client = new OpenAI({ baseURL, apiKey: 'none', maxRetries: 0 });

const input = ['a longer text about a cold harbour', 'tea', 'naïve 😀 日本'];
// Without an encoding_format the client asks for base64 and decodes it.
const usual = await client.embeddings.create({ model: 'tiny', input });
const floats = await client.embeddings.create({ model: 'tiny', input, encoding_format: 'float' });
const models = [];
for await (const model of client.models.list()) models.push(model.id);
let refusal = '';
try {
  await client.embeddings.create({ model: 'another', input: 'tea' });
} catch (error) {
  refusal = `${error.constructor.name} ${error.status}`;
}
console.log(JSON.stringify({
  usual: usual.data.map((one) => Array.from(one.embedding)),
  floats: floats.data.map((one) => Array.from(one.embedding)),
  tokens: usual.usage.prompt_tokens,
  models,
  refusal,
}));
