/** Filter forms kept in step with the address. */

/** Gives the fields of a filter form what the address asks for, so that its next sending asks for the same and more. */
export function fillForm(form: HTMLFormElement, query: URLSearchParams): void {
  for (const field of form.elements) {
    const isNamed = field instanceof HTMLInputElement || field instanceof HTMLSelectElement;
    if (!isNamed || !field.name || field === document.activeElement) continue;
    const wanted = query.get(field.name) ?? "";
    if (field instanceof HTMLInputElement && field.type === "checkbox") field.checked = wanted === field.value;
    else field.value = wanted;
  }
}
