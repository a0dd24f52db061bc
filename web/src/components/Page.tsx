import { Box, Breadcrumbs, Stack, Typography } from "@mui/material";
import { useEffect, type ReactNode } from "react";
import { Link } from "./Link";

interface PageProps {
  title: string;
  /** Where the page is: links to the pages above it. */
  above?: readonly { title: string; to: string }[];
  /** One quiet line below the title. */
  subtitle?: ReactNode;
  actions?: ReactNode;
  children?: ReactNode;
}

/** A page: its title (also the browser's), what can be done, and its content. */
export function Page({ title, above, subtitle, actions, children }: PageProps) {
  useEffect(() => {
    document.title = title === "Martlet" ? title : `${title} – Martlet`;
  }, [title]);
  return (
    <Stack spacing={{ xs: 3, md: 4 }}>
      <Stack direction={{ xs: "column", sm: "row" }} spacing={2} sx={{ alignItems: { sm: "flex-end" } }}>
        <Box sx={{ flexGrow: 1, minWidth: 0 }}>
          {above && (
            <Breadcrumbs aria-label="Breadcrumb" sx={{ mb: 0.5, typography: "body2" }}>
              {above.map((page) => (
                <Link key={page.to} to={page.to} sx={{ color: "text.secondary" }}>
                  {page.title}
                </Link>
              ))}
            </Breadcrumbs>
          )}
          <Typography variant="h1" tabIndex={-1} id="page-title" sx={{ overflowWrap: "anywhere", outline: "none" }}>
            {title}
          </Typography>
          {subtitle !== undefined && (
            <Typography variant="body2" component="div" sx={{ color: "text.secondary", mt: 0.75 }}>
              {subtitle}
            </Typography>
          )}
        </Box>
        {actions !== undefined && (
          <Stack direction="row" spacing={1} useFlexGap sx={{ flexWrap: "wrap", flexShrink: 0 }}>
            {actions}
          </Stack>
        )}
      </Stack>
      {children}
    </Stack>
  );
}
