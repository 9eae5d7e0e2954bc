// Runs before the page is painted, so that what needs scripts never flickers. Classic script: modules come too late.
document.body.className += " js-enabled" + ("noModule" in HTMLScriptElement.prototype ? " govuk-frontend-supported" : "");
