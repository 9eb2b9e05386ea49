"""French words that are also names: written with small letters they name nobody.

Folded, of three letters and more. Whom a person calls by such a name is written with a capital.
A word that is a name first, such as pierre, is not here.
"""

from __future__ import annotations

_OF_GRAMMAR = """
    aucun aux avant avec bas bien car cela ces chez comme dans des donc dont elle elles encore eux
    hors ici ils jamais les leur lise lui mais mal mes moi moins mon non nos notre nous oui par pas
    peu plus pour quand que quel qui quoi rien sans sauf sens ses seul seule sien soi soit son sous
    sur tant tel tes toi ton toujours tous tout toute toutes trop une vers voici voila vos votre
    vous
"""
_OF_QUALITY = """
    ancien basse beau bel belle blanc blanche blond bon bonne brave brun brune calme chaud clair
    claire constant content court dernier divin divine doux droit dur faible ferme fidele fier fin
    fort franc froid gai gentil grand grande gros haut heureux honnete innocent jaune jeune joli
    jolie juste large leger lent libre loin long longue lourd maigre mauvais meilleur merveille
    modeste muet neuf noble noir nouveau nouvelle pareil parfait pauvre petit petite plein premier
    pret profond propre prudent pur riche rouge rousse roux sage saine sauvage sec second simple
    sobre sourd souverain tendre tranquille vaillant vert vieux vif vrai
"""
_OF_VIRTUE = """
    aime ami amie amitie amour ange beni benie bienvenu bienvenue bonheur bonte chance charite cher
    chere ciel clemence confiance courage desire destin dieu esperance espoir etoile fidelite foi
    fortune gloire grace honneur joie justice liberte lumiere merci miracle paix parole patience
    pitie plaisir providence prudence royal sagesse salut sauveur secours solution tresor verite
    vertu victoire vie volonte
"""
_OF_NATURE = """
    agneau arbre argent automne bois champ champs chat cheval chevre chien clos colline coq cote
    desert eau ete feu fleur fleuve fontaine foret grain hiver jardin lac lapin lin lion loup lune
    marais mare mer merle miel mont montagne mouton neige noyer oiseau olive orage orange ours
    paille perle pigeon pin plage plaine poire poisson pomme pre printemps puits raisin renard
    riviere roche roches rose sable sang sapin sel soleil source terre val vallee vent
"""
_OF_TRADES = """
    avocat berger boucher boulanger capitaine carre chapelain charpentier chevalier coiffeur cousin
    couturier cuisinier docteur enfant eveque facteur fermier fournier frere garcon garde gendre
    gouverneur guerrier juge maire maitre marchand marechal marin meunier moine neveu notaire oncle
    page parent pasteur paysan pere prefet president pretre prevot prince roi savant seigneur
    sergent serrurier soldat tailleur tuteur voisin
"""
_OF_DAYS = """
    annee aout avril dimanche fevrier janvier jeudi jour juillet juin lundi mai mardi mars matin
    mercredi midi minuit noel novembre nuit octobre paques samedi septembre soir toussaint vendredi
"""
_OF_PLACES_AND_THINGS = """
    barre bataille bateau bourg caisse camp carte chaine chapelle charge chateau chemin clef cloche
    colis combat conseil cour couronne croix dame drapeau ecole eglise file fosse four gage gare
    grange guerre hameau hotel ile lame lettre loi main maison marche marie message moulin mur
    nation nom ouvrage pain palais part passage peine pied place poids point pont porche port porte
    poste prison quartier racine rame retour rivage rue sac salle sort suite table tour travail
    univers valeur verre villa village ville voie voile voyage
"""

ORDINARY = frozenset(
    " ".join(
        (
            _OF_GRAMMAR,
            _OF_QUALITY,
            _OF_VIRTUE,
            _OF_NATURE,
            _OF_TRADES,
            _OF_DAYS,
            _OF_PLACES_AND_THINGS,
        )
    ).split()
)
