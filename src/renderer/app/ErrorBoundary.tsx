import { Component, type ErrorInfo, type ReactNode } from 'react';
import { Button } from '../ui/Button.tsx';

export interface ErrorBoundaryProps {
  /** What is lost when the children fail, such as `The canvas`. */
  readonly name: string;
  readonly children: ReactNode;
}

/** Keeps a failing panel from taking down the editor; the document lives outside of all panels. */
export class ErrorBoundary extends Component<ErrorBoundaryProps, { readonly error: Error | null }> {
  override state = { error: null as Error | null };

  static getDerivedStateFromError(error: unknown) {
    return { error: error instanceof Error ? error : new Error(String(error)) };
  }

  override componentDidCatch(error: unknown, info: ErrorInfo) {
    console.error(`${this.props.name} failed.`, error, info.componentStack);
  }

  override render() {
    const { error } = this.state;
    if (error === null) return this.props.children;
    return (
      <div role="alert" className="flex h-full flex-col items-start gap-3 overflow-auto bg-surface p-4">
        <div>
          <p className="text-sm font-medium text-ink">{this.props.name} ran into a fault.</p>
          <p className="mt-1 text-xs text-ink-muted">
            Your document is safe: it can be saved, and undo may take back what led here.
          </p>
        </div>
        <code className="max-w-full rounded-md bg-sunken p-2 text-xs break-words text-danger">{error.message}</code>
        <Button size="sm" onClick={() => this.setState({ error: null })}>
          Try again
        </Button>
      </div>
    );
  }
}
