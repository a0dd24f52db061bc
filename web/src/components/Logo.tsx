import { Box, Typography } from "@mui/material";

/** The bird and the name. */
export function Logo() {
  return (
    <Box sx={{ display: "flex", alignItems: "center", gap: 1 }}>
      <Box component="svg" viewBox="0 0 32 32" aria-hidden="true" sx={{ width: 28, height: 28, color: "primary.main" }}>
        <path
          fill="currentColor"
          d="M1 7c7 0 12 2 16 7 2.500-5 7-9 15-9-3 2.300-4.800 5-5.800 8.300-1.500 5.200-5 8.700-10.600 9.400L7 29l2.200-8C5.500 18.500 2.800 13.500 1 7z"
        />
      </Box>
      <Typography component="span" sx={{ fontWeight: 500, fontSize: "1.125rem", letterSpacing: "-0.01em" }}>
        Martlet
      </Typography>
    </Box>
  );
}
