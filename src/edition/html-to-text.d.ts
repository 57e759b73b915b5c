// The library comes without types: these are of the part that we use.
declare module 'html-to-text' {
  interface Element {
    readonly name: string
    readonly parent?: Element | null
    /** of a text */
    readonly data?: string
    readonly attribs: Readonly<Record<string, string>>
    readonly children: readonly Element[]
  }

  interface BlockOptions {
    readonly isPre?: boolean
    readonly leadingLineBreaks?: number
    readonly trailingLineBreaks?: number
    readonly blockTransform?: (text: string) => string
  }

  interface Builder {
    addInline(text: string, options?: { noWordTransform?: boolean }): void
    addLiteral(text: string): void
    openBlock(options?: BlockOptions): void
    closeBlock(options?: BlockOptions): void
  }

  type Walk = (children: readonly Element[], builder: Builder) => void

  type Formatter = (element: Element, walk: Walk, builder: Builder, options: object) => void

  interface Options {
    readonly wordwrap?: number | false
    readonly formatters?: Readonly<Record<string, Formatter>>
    readonly selectors?: readonly {
      readonly selector: string
      readonly format?: string
      readonly options?: object
    }[]
    readonly limits?: { readonly maxDepth?: number; readonly maxInputLength?: number }
  }

  export function convert(html: string, options?: Options): string
}
