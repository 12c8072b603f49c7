/** What we use of node-pty 1.1.0. Its own typings name another module and lack `fd`, `ptsName`, `destroy` and bytes. */
declare module 'node-pty' {
  export interface Pty {
    readonly pid: number;
    /** The master's descriptor, non-blocking; -1 on Windows. */
    readonly fd: number;
    /** Path of the slave, such as /dev/pts/3; Unix only. */
    readonly ptsName?: string;
    /** Replaced by a no-op before `destroy`, which would signal a process id that may be another's by then. */
    kill: (signal?: string) => void;
    write(bytes: Uint8Array): void;
    resize(columns: number, rows: number): void;
    pause(): void;
    resume(): void;
    destroy(): void;
    /** Bytes on Unix with `encoding: null`, text on Windows. */
    on(event: 'data', listener: (chunk: Buffer | string) => void): void;
    on(event: 'exit', listener: (code: number, signal: number | undefined) => void): void;
    on(event: 'error', listener: (error: Error) => void): void;
  }

  export interface PtyOptions {
    readonly name?: string | undefined;
    readonly cols: number;
    readonly rows: number;
    readonly cwd: string;
    readonly env: Record<string, string>;
    readonly encoding: null;
  }

  export function spawn(file: string, args: string[] | string, options: PtyOptions): Pty;
}
