const key = "martlet.token";

export interface SessionState {
  hasToken: boolean;
  /** Whether the server refused what this tab has: someone has to sign in. */
  isRefused: boolean;
  /** Rises with every signing in and out: what was loaded before may be loaded anew. */
  turn: number;
}

/** The token of this tab: it goes into a header field, never into an address, and is gone with the tab. */
class Session {
  private listeners = new Set<() => void>();
  private state: SessionState = { hasToken: sessionStorage.getItem(key) !== null, isRefused: false, turn: 0 };

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener);
    return () => this.listeners.delete(listener);
  };

  readonly snapshot = (): SessionState => this.state;

  headers(): Record<string, string> {
    const token = sessionStorage.getItem(key);
    return token === null ? {} : { Authorization: `Bearer ${token}` };
  }

  signIn(token: string): void {
    sessionStorage.setItem(key, token);
    this.set({ hasToken: true, isRefused: false, turn: this.state.turn + 1 });
  }

  signOut(): void {
    sessionStorage.removeItem(key);
    this.set({ hasToken: false, isRefused: false, turn: this.state.turn + 1 });
  }

  refuse(): void {
    if (!this.state.isRefused) this.set({ ...this.state, isRefused: true });
  }

  private set(state: SessionState): void {
    this.state = state;
    for (const listener of this.listeners) listener();
  }
}

export const session = new Session();
