/** Makes it when it is asked for, and no second time. */
export function once<T>(make: () => T): () => T {
  let made: { readonly value: T } | undefined
  return () => {
    made ??= { value: make() }
    return made.value
  }
}

/** Makes of each what is asked for, and no second time. */
export function remember<From, To>(make: (from: From) => To): (from: From) => To {
  const known = new Map<From, { readonly value: To }>()
  return (from) => {
    const there = known.get(from)
    if (there) return there.value
    const value = make(from)
    known.set(from, { value })
    return value
  }
}
