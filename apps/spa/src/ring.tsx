import { computed, defineComponent, onScopeDispose, shallowRef } from "vue"

/** The time that is left of something, as a ring that runs down. */
export const Ring = defineComponent(
  (props: { readonly now: () => number; readonly from: number; readonly until: number }) => {
    const time = shallowRef(props.now())
    const timer = setInterval(() => (time.value = props.now()), 1000)
    onScopeDispose(() => clearInterval(timer))
    const left = computed(() => Math.max(0, props.until - time.value))
    const share = computed(() => Math.min(1, left.value / Math.max(1, props.until - props.from)))
    const text = computed(() => {
      const seconds = Math.floor(left.value / 1000)
      return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`
    })
    return () => (
      <div class="ring" role="timer" data-until={props.until} aria-label={`The token is good for ${text.value}`}>
        <svg viewBox="0 0 120 120" aria-hidden="true">
          <circle class="track" cx="60" cy="60" r="52" />
          <circle class="rest" cx="60" cy="60" r="52" pathLength="100" stroke-dasharray={`${share.value * 100} 100`} />
        </svg>
        <span class="time" aria-hidden="true">
          {text.value}
        </span>
      </div>
    )
  },
  { props: ["now", "from", "until"] },
)
