// Vue's devtools read the local storage when they are loaded, and in development the router loads them: where a browser
// blocks that, it would be the end of the page. So there they find none. This has to be imported before the router is.
if (import.meta.env.DEV) {
  try {
    void localStorage
  } catch {
    Object.defineProperty(window, "localStorage", { value: undefined })
  }
}
