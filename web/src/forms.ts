/** Small help for forms; each works without it. */

import { say } from "./words.ts";

/** Questions before a deed, forms that send themselves, files dropped on a form, and copying. */
export function startForms(): void {
  document.addEventListener("submit", askFirst, true);
  document.addEventListener("change", sendItself);
  document.addEventListener("click", copyText);
  document.addEventListener("dragover", (drag) => {
    if (dropForm(drag)) {
      drag.preventDefault();
      dropForm(drag)?.classList.add("is-over");
    }
  });
  document.addEventListener("dragleave", (drag) => dropForm(drag)?.classList.remove("is-over"));
  document.addEventListener("drop", takeFiles);
  document.addEventListener("change", (change) => {
    const field = change.target;
    if (field instanceof HTMLInputElement && field.type === "file") nameFiles(field);
  });
}

function askFirst(submit: SubmitEvent): void {
  const form = submit.target;
  if (!(form instanceof HTMLFormElement)) return;
  const question = submit.submitter?.dataset["confirm"] ?? form.dataset["confirm"];
  if (question && !confirm(question)) {
    submit.preventDefault();
    // htmx listens too and must not send what the reader just declined.
    submit.stopImmediatePropagation();
  }
}

function sendItself(change: Event): void {
  const field = change.target;
  if (!(field instanceof HTMLSelectElement || field instanceof HTMLInputElement)) return;
  const form = field.closest<HTMLFormElement>("form[data-autosubmit]");
  const sends = field instanceof HTMLSelectElement || ["checkbox", "radio", "date"].includes(field.type);
  if (form && sends && form.reportValidity()) form.requestSubmit();
}

async function copyText(press: MouseEvent): Promise<void> {
  const button = press.target instanceof Element ? press.target.closest<HTMLElement>("[data-copy]") : null;
  if (!button) return;
  const before = button.textContent;
  try {
    await navigator.clipboard.writeText(button.dataset["copy"] ?? "");
    button.textContent = say("copied");
  } catch {
    button.textContent = say("not-copied");
  }
  setTimeout(() => (button.textContent = before), 1500);
}

function dropForm(drag: DragEvent): HTMLFormElement | null {
  const carriesFiles = drag.dataTransfer?.types.includes("Files") ?? false;
  return carriesFiles && drag.target instanceof Element ? drag.target.closest<HTMLFormElement>("form[data-drop]") : null;
}

function takeFiles(drop: DragEvent): void {
  const form = dropForm(drop);
  const field = form?.querySelector<HTMLInputElement>("input[type=file]");
  if (!form || !field || !drop.dataTransfer) return;
  drop.preventDefault();
  form.classList.remove("is-over");
  field.files = drop.dataTransfer.files;
  nameFiles(field);
}

function nameFiles(field: HTMLInputElement): void {
  const place = field.form?.querySelector("[data-drop-name]");
  if (place) place.textContent = [...(field.files ?? [])].map((file) => file.name).join(", ");
}
