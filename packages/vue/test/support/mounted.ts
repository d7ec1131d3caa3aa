import { type App, type Component, createRenderer, defineComponent, h, type Plugin, type VNode } from "vue"

interface Node {
  parent: Node | null
  children: Array<Node>
  text: string
}

const node = (text = ""): Node => ({ parent: null, children: [], text })

/** Vue without a document. */
const { createApp } = createRenderer<Node, Node>({
  createElement: () => node(),
  createText: node,
  createComment: () => node(),
  setText: (target, text) => void (target.text = text),
  setElementText: (target, text) => void (target.children = [node(text)]),
  insert: (child, parent, anchor) => {
    child.parent = parent
    const at = anchor == null ? parent.children.length : parent.children.indexOf(anchor)
    parent.children.splice(at, 0, child)
  },
  remove: (child) => void child.parent?.children.splice(child.parent.children.indexOf(child), 1),
  patchProp: () => {},
  parentNode: (child) => child.parent,
  nextSibling: (child) => child.parent?.children[child.parent.children.indexOf(child) + 1] ?? null,
})

const textOf = ({ text, children }: Node): string => text + children.map(textOf).join("")

export interface Mounted<A> extends Disposable {
  readonly app: App<Node>
  /** What `setup` gave. */
  readonly used: A
  readonly text: () => string
  readonly warnings: ReadonlyArray<string>
}

/** Mounts an application whose only component uses something. */
export const mounted = <A>(
  plugins: ReadonlyArray<Plugin>,
  use: () => A,
  render: (used: A) => string | Array<VNode> = () => "",
): Mounted<A> => {
  let used: A | undefined
  const warnings: Array<string> = []
  const root: Component = defineComponent(() => {
    const own = use()
    used = own
    return () => h("p", render(own))
  })
  const app = createApp(root)
  app.config.warnHandler = (warning) => void warnings.push(warning)
  app.config.errorHandler = (error) => {
    throw error
  }
  for (const plugin of plugins) app.use(plugin)
  const container = node()
  app.mount(container)
  return { app, used: used as A, text: () => textOf(container), warnings, [Symbol.dispose]: () => app.unmount() }
}
