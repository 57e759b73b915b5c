/** What is asked of a thread; its answer is what the function of this kind in thread-work.ts returns. */
export interface Job {
  readonly kind: 'read' | 'render' | 'pages'
}

/** Threads beside the main one, started when they are first asked, or before where it shows that they will be. */
export interface Threads extends Disposable {
  start(): void
  /** @returns what each has done; undefined for one that has failed, whose part nobody has done then */
  ask<Done>(job: Job): Promise<Done | undefined>[]
}
