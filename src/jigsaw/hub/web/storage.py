"""How are the style sheets, scripts and fonts served? Hashed, compressed, and cached for ever."""

from whitenoise.storage import CompressedManifestStaticFilesStorage


class Storage(CompressedManifestStaticFilesStorage):
    """Rewrites `import x from "./y.js"` in ES modules to the hashed names as well."""

    support_js_module_import_aggregation = True
