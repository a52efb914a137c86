"""The languages of texts and mails."""

from enum import StrEnum


class Language(StrEnum):
    """Language of an entry's text (BCP 47); `und` where the text does not tell."""

    BOKMAL = "nb"
    NYNORSK = "nn"
    ENGLISH = "en"
    SAMI = "se"
    UNDETERMINED = "und"
