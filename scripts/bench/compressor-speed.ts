export async function benchCompressors(_: string | undefined): Promise<void> {}
