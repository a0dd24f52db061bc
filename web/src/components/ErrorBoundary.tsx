import { Component, type ReactNode } from "react";
import { asFailure, type Failure } from "../api/failure";
import { FailureNotice } from "./FailureNotice";

/** Keeps what is broken in one page to that page. */
export class ErrorBoundary extends Component<{ children: ReactNode }, { failure: Failure | null }> {
  override state: { failure: Failure | null } = { failure: null };

  static getDerivedStateFromError(error: unknown): { failure: Failure } {
    return { failure: asFailure(error) };
  }

  override render(): ReactNode {
    const { failure } = this.state;
    if (!failure) return this.props.children;
    return <FailureNotice failure={failure} onRetry={() => this.setState({ failure: null })} />;
  }
}
