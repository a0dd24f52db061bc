import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app";

const host = document.getElementById("root");
if (!host) throw new Error("the page has no place for the app");
createRoot(host).render(
  <StrictMode>
    <App />
  </StrictMode>,
);
