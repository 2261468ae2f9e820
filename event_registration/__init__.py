"""Registration of organisations for gatherings such as the JIF and the JPO.

Stands apart from the path of survivors: no key, column or table is shared with it.
"""
