import { ask } from '../api/rest.ts';

const WORKER = '/sw.js';

/**
 * `denied`: the person has forbidden it in the browser itself, where alone it can be allowed again · `unanswered`: its
 * question was closed without an answer · `refused`: allowed, and the browser gave no subscription.
 */
type PushTrouble = 'denied' | 'unanswered' | 'refused';

/** Whether this browser may be told while no page is open; it is asked only when somebody wants it. */
class PushHere {
  #isOn = $state(false);
  #trouble = $state<PushTrouble | null>(null);

  /** Over plain http, and in some browsers, there is no such thing. */
  get isPossible(): boolean {
    return 'serviceWorker' in navigator && 'PushManager' in window && 'Notification' in window;
  }

  get isOn(): boolean {
    return this.#isOn;
  }

  /** Why it is not on though somebody wanted it. */
  get trouble(): PushTrouble | null {
    return this.#trouble;
  }

  /** Looks how it stands, and says anew that this browser is there: a subscription goes with its session. */
  async look(): Promise<void> {
    if (!this.isPossible) return;
    this.#trouble = Notification.permission === 'denied' ? 'denied' : null;
    const registration = await navigator.serviceWorker.getRegistration(WORKER);
    const subscription = await registration?.pushManager.getSubscription();
    this.#isOn = Boolean(subscription) && Notification.permission === 'granted';
    if (subscription && this.#isOn) await tell(subscription);
  }

  /** Throws `ApiError`. */
  turnOn(): Promise<void> {
    return this.#turn(true, async () => {
      this.#trouble = null;
      const answer = await Notification.requestPermission();
      if (answer !== 'granted') {
        this.#trouble = answer === 'denied' ? 'denied' : 'unanswered';
        return false;
      }
      const { publicKey } = await ask('GET /me/push');
      const subscription = await subscribe(publicKey).catch(() => null);
      if (!subscription) this.#trouble = 'refused';
      if (subscription) await tell(subscription);
      return subscription !== null;
    });
  }

  turnOff(): Promise<void> {
    return this.#turn(false, async () => {
      await ask('DELETE /me/push');
      const registration = await navigator.serviceWorker.getRegistration(WORKER);
      const subscription = await registration?.pushManager.getSubscription();
      await subscription?.unsubscribe();
      return false;
    });
  }

  /** The box follows the hand; what was not allowed or did not succeed springs back. */
  async #turn(isOn: boolean, act: () => Promise<boolean>): Promise<void> {
    this.#isOn = isOn;
    try {
      this.#isOn = await act();
    } catch (error) {
      this.#isOn = !isOn;
      throw error;
    }
  }
}

async function subscribe(publicKey: string): Promise<PushSubscription> {
  const registration = await navigator.serviceWorker.register(WORKER);
  await navigator.serviceWorker.ready;
  return registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: publicKey });
}

async function tell(subscription: PushSubscription): Promise<void> {
  const { endpoint, keys } = subscription.toJSON();
  if (!endpoint || !keys?.p256dh || !keys.auth) return;
  await ask('POST /me/push', { body: { endpoint, keys: { p256dh: keys.p256dh, auth: keys.auth } } });
}

export const pushHere = new PushHere();
