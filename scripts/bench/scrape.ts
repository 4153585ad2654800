/** Where rehup serves them by default. */
const PORT = 9533;

/** A scrape, over the network of the cluster. */
export async function readMetrics(ip: string): Promise<string> {
  const response = await fetch(`http://${ip}:${PORT}/metrics`);
  const text = await response.text();
  if (!text.includes('rehup_reloads_total')) throw new Error('/metrics had no rehup_reloads_total');
  return text;
}
