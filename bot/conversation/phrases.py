"""What the driver itself says, outside any flow. French here, Bambara in the catalogue."""

from flows.engine.messages import message

# The last words before leaving: no name, no topic (S05), and not always the same.
NEUTRAL = (
    message("phrases/neutral", "👍 C'est noté. Bonne journée."),
    message("phrases/neutral", "🌿 Merci, à bientôt."),
    message("phrases/neutral", "👋 Bonne suite."),
)
# The first line of a new message: what a notification shows (S05).
FIRST_LINE = message("phrases/first_line", "🌿 Voici.")
LATE = message("phrases/late", "🌿 Bonjour. Touchez un bouton pour continuer.")
OLD_BUTTON = message("phrases/old_button", "🔄 Ce bouton est ancien. Voici le menu.")
NOT_UNDERSTOOD = message("phrases/not_understood", "🤔 Je n'ai pas compris.")
TOO_MANY = message(
    "phrases/too_many", "✋ Un message à la fois, s'il vous plaît. Touchez un bouton."
)
TROUBLE = message(
    "phrases/trouble",
    "🔧 Un problème est arrivé ici. Réessayez dans un moment, ou touchez un bouton.",
)
LEFTOVER = message(
    "phrases/leftover",
    "🌿 Des messages plus anciens restent ici : effacez la discussion dans Telegram.",
    risk="erasing",
)
# In a group, where everybody reads it: neither a name nor a topic.
PRIVATE = message("phrases/private", "🌿 Bonjour. Je réponds à une seule personne à la fois.")
NOT_OPEN = message("phrases/not_open", "🌿 Bonjour. Ce service n'est pas encore ouvert.")
NOT_A_PLACE = message(
    "phrases/not_a_place",
    "📍 Je ne reconnais pas ce point au Mali. J'efface le point. Écrivez le nom d'une ville.",
)
PIN_DELETED = message("phrases/pin_deleted", "📍 J'ai compris la zone et j'efface ce point.")
MESSAGE_GOES = message(
    "phrases/message_goes", "🧹 Votre message s'efface d'ici une minute.", risk="erasing"
)
# S06: information inside the first sensitive message, never a question of its own. What Telegram
# itself sees (S38) stands in the article « Qui peut lire ? »: here it would hide the first list.
NOTICE = message(
    "phrases/notice",
    "🧹 « Quitter » efface nos messages de 48 h. Les plus anciens et les notifications : à la main"
    " (⋮, « Effacer l'historique »).\n"
    "📱 Prenez un téléphone que personne d'autre n'ouvre.",
    risk="consent",
)
OTHER_LANGUAGE = message("phrases/other_language", "Continuer en {language}")

SHARE_CONTACT = message(
    "phrases/share_contact", "📲 Ou envoyez le numéro de ce téléphone, avec la touche en bas."
)
SHARE_CONTACT_KEY = message("phrases/share_contact_key", "📲 Envoyer mon numéro")
# Beside an answer that sounds like a cry and reads like a name.
IF_URGENT = message(
    "phrases/if_urgent",
    "🆘 Un danger maintenant ? Touchez « Urgence ».",
    risk="danger",
    discreet=message(
        "phrases/if_urgent", "⚡ C'est pour maintenant ? Touchez « ⚡ Vite ».", risk="danger"
    ),
)

DISCREET_ON = message("phrases/discreet_on", "🌙 ✓")
DISCREET_OFF = message("phrases/discreet_off", "☀️ ✓")
NOTHING_LEFT = message("phrases/nothing_left", "🌿 Vérifié : il ne reste rien ici.")

# A button whose words tell has others, icon included, for those who asked for discretion.
EMERGENCY = message(
    "phrases/emergency", "Urgence", discreet=message("phrases/emergency", "⚡ Vite")
)
BACK = message("phrases/back", "Retour")
MENU = message("phrases/menu", "Menu")
QUIT = message("phrases/quit", "Quitter")
DISCREET = message(
    "phrases/discreet", "Mots discrets", discreet=message("phrases/discreet", "☀️ Mots clairs")
)
SETTINGS = message("phrases/settings", "Durée")

FOOT = {
    "emergency": ("🆘", EMERGENCY),
    "back": ("⬅️", BACK),
    "menu": ("☰", MENU),
    "quit": ("✖️", QUIT),
    "discreet": ("🌙", DISCREET),
    "settings": ("⏱", SETTINGS),
}

LANGUAGE_NAMES = {"fr": "Français", "bm": "Bamanankan"}
