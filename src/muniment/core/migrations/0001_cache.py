from django.db import migrations


class Migration(migrations.Migration):
    """The shared cache (sign-in attempts): unlogged, for it may be lost."""

    initial = True
    dependencies: list[tuple[str, str]] = []
    operations = [
        migrations.RunSQL(
            "CREATE UNLOGGED TABLE core_cache (cache_key varchar(255) PRIMARY KEY, value text NOT NULL, expires timestamptz NOT NULL);"
            "CREATE INDEX core_cache_expires ON core_cache (expires)",
            "DROP TABLE core_cache",
        ),
    ]
