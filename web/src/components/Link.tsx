import { Button, IconButton, Link as TextLink, Tooltip } from "@mui/material";
import type { SxProps, Theme } from "@mui/material/styles";
import type { MouseEvent, ReactNode } from "react";
import { navigate } from "../lib/router";

/** Follows a link inside the page, unless the reader asks for another tab or window. */
function follow(event: MouseEvent<HTMLElement>, to: string): void {
  if (event.defaultPrevented || event.button !== 0) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  navigate(to);
}

interface LinkProps {
  to: string;
  children: ReactNode;
  sx?: SxProps<Theme>;
  "aria-label"?: string;
  "aria-current"?: "page" | undefined;
  /** Among other text, where its colour alone would not tell it apart. */
  isInText?: boolean;
}

/** A link to a page of this site. */
export function Link({ to, children, isInText = false, ...rest }: LinkProps) {
  return (
    <TextLink
      href={to}
      underline={isInText ? "always" : "hover"}
      onClick={(event: MouseEvent<HTMLElement>) => follow(event, to)}
      {...rest}
    >
      {children}
    </TextLink>
  );
}

interface LinkButtonProps extends Omit<LinkProps, "isInText"> {
  variant?: "text" | "contained" | "outlined";
  color?: "primary" | "inherit";
  size?: "small" | "medium" | "large";
  startIcon?: ReactNode;
  endIcon?: ReactNode;
}

/** A link that looks like a button. */
export function LinkButton({ to, children, ...rest }: LinkButtonProps) {
  return (
    <Button href={to} onClick={(event: MouseEvent<HTMLElement>) => follow(event, to)} {...rest}>
      {children}
    </Button>
  );
}

/** A link shown as an icon alone; its name is its tooltip too. */
export function LinkIcon({ to, label, children }: { to: string; label: string; children: ReactNode }) {
  return (
    <Tooltip title={label}>
      <IconButton href={to} aria-label={label} onClick={(event: MouseEvent<HTMLElement>) => follow(event, to)}>
        {children}
      </IconButton>
    </Tooltip>
  );
}
